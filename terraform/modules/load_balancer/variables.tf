variable "name" {
  description = "Name of the load balancer."
  type        = string
}

variable "type" {
  description = "Hetzner load balancer type."
  type        = string
  default     = "lb11"
}

variable "location" {
  description = "Hetzner Cloud location."
  type        = string
}

variable "subnet_id" {
  description = "Subnet in which the load balancer stands."
  type        = string
}

variable "ip" {
  description = "Private address of the load balancer."
  type        = string
}

variable "targets" {
  description = "IDs of the servers that take the requests, by server name."
  type        = map(string)
}

variable "certificate_id" {
  description = "Certificate that the load balancer shows to Cloudflare."
  type        = string
}

variable "labels" {
  description = "Labels of the load balancer."
  type        = map(string)
  default     = {}
}
