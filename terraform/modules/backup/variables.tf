variable "environment" {
  description = "Name of the environment."
  type        = string
}

variable "location" {
  description = "Hetzner location, apart from the servers."
  type        = string
}

variable "storage_box_type" {
  description = "Size class of the Storage Box."
  type        = string
  default     = "bx11"
}

variable "storage_box_password" {
  description = "Password of the Storage Box."
  type        = string
  sensitive   = true
}

variable "ssh_public_keys" {
  description = "Public SSH keys that may write backups."
  type        = list(string)
}

variable "archive_retention_days" {
  description = "Days for which archived backups are locked."
  type        = number
}

variable "labels" {
  description = "Labels of the Storage Box."
  type        = map(string)
  default     = {}
}
