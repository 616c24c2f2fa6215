variable "servers" {
  description = "Servers by name."
  type = map(object({
    role        = string
    server_type = string
    subnet      = string
    ip          = string
    backups     = optional(bool, false)
    volumes     = optional(map(number), {})
  }))
}

variable "image" {
  description = "Operating system image."
  type        = string
}

variable "location" {
  description = "Hetzner Cloud location."
  type        = string
}

variable "subnet_ids" {
  description = "IDs of the subnets, by name."
  type        = map(string)
}

variable "network_cidr" {
  description = "Address range of the network; the bastion translates addresses for it."
  type        = string
}

variable "admin_ssh_keys" {
  description = "Public SSH keys, by owner."
  type        = map(string)
}

variable "labels" {
  description = "Labels of every resource."
  type        = map(string)
  default     = {}
}
