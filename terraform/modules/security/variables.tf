variable "environment" {
  description = "Name of the environment; part of the firewalls' names."
  type        = string
}

variable "network_cidr" {
  description = "Address range of the network."
  type        = string
}

variable "subnet_cidrs" {
  description = "Address ranges of the subnets, by name."
  type        = map(string)
}

variable "admin_cidrs" {
  description = "Networks that may reach the bastion by SSH."
  type        = list(string)
}

variable "load_balancer_ip" {
  description = "Private address of the load balancer."
  type        = string
}

variable "addresses_by_role" {
  description = "Private addresses of the servers, by role."
  type        = map(list(string))
}

variable "server_ids_by_role" {
  description = "IDs of the servers, by role."
  type        = map(list(string))
}

variable "labels" {
  description = "Labels of every resource."
  type        = map(string)
  default     = {}
}
