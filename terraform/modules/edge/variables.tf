variable "account_id" {
  description = "Cloudflare account."
  type        = string
}

variable "zone_name" {
  description = "DNS zone."
  type        = string
}

variable "environment" {
  description = "Name of the environment."
  type        = string
}

variable "web_hostnames" {
  description = "Names in the zone that anyone may open."
  type        = set(string)
}

variable "dashboard_hostnames" {
  description = "Names in the zone that only operators may open."
  type        = set(string)
}

variable "origin_ipv4" {
  description = "Public IPv4 address of the load balancer."
  type        = string
}

variable "origin_ipv6" {
  description = "Public IPv6 address of the load balancer."
  type        = string
}

variable "bastion_ipv4" {
  description = "Public IPv4 address of the bastion."
  type        = string
}

variable "blocked_cidrs" {
  description = "Networks that are turned away."
  type        = list(string)
  default     = []
}

variable "github_organization" {
  description = "GitHub organization of the operators."
  type        = string
}

variable "github_idp_id" {
  description = "Zero Trust identity provider for GitHub."
  type        = string
}

variable "operator_teams" {
  description = "GitHub teams that may open a dashboard, by dashboard."
  type        = map(list(string))
  default = {
    grafana = ["platform", "developers"]
    jaeger  = ["platform", "developers"]
    kibana  = ["platform"]
  }
}

variable "labels" {
  description = "Labels of Hetzner resources."
  type        = map(string)
  default     = {}
}
