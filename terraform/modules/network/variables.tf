variable "name" {
  description = "Name of the network."
  type        = string
}

variable "cidr" {
  description = "Address range of the network."
  type        = string
}

variable "subnets" {
  description = "Address ranges of the subnets, by name."
  type        = map(string)
}

variable "network_zone" {
  description = "Hetzner network zone of the subnets."
  type        = string
  default     = "eu-central"
}

variable "nat_gateway" {
  description = "Private address of the server through which machines without a public address reach the internet."
  type        = string
}

variable "labels" {
  description = "Labels of the network."
  type        = map(string)
  default     = {}
}
