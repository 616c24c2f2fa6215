variable "environment" {
  description = "Name of the environment; becomes a label of every resource and a group of the Ansible inventory."
  type        = string

  validation {
    condition     = contains(["production", "staging"], var.environment)
    error_message = "The environment is production or staging."
  }
}

variable "name_prefix" {
  description = "Prefix of server names, so that two environments can share a monitoring view."
  type        = string
  default     = ""
}

variable "location" {
  description = "Hetzner Cloud location of servers, volumes and the load balancer."
  type        = string
  default     = "nbg1"
}

variable "network_cidr" {
  description = "Address range of the private network."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(cidrhost(var.network_cidr, 0))
    error_message = "The network needs a CIDR such as 10.0.0.0/16."
  }
}

variable "subnet_cidrs" {
  description = "Address ranges of the subnets, inside network_cidr."
  type = object({
    public  = string
    private = string
  })
  default = {
    public  = "10.0.1.0/24"
    private = "10.0.2.0/24"
  }
}

variable "admin_cidrs" {
  description = "Networks that may reach the bastion by SSH."
  type        = list(string)

  validation {
    condition     = length(var.admin_cidrs) > 0 && !contains(var.admin_cidrs, "0.0.0.0/0")
    error_message = "Name at least one network, and never the whole internet."
  }
}

variable "blocked_cidrs" {
  description = "Networks that Cloudflare turns away before anything else looks at the request."
  type        = list(string)
  default     = []
}

variable "admin_ssh_keys" {
  description = "Public SSH keys that are put on every server, by owner."
  type        = map(string)
}

variable "server_image" {
  description = "Operating system image of the servers."
  type        = string
  default     = "debian-13"
}

variable "server_types" {
  description = "Hetzner server type by role."
  type        = map(string)
}

variable "web_server_count" {
  description = "Number of web servers behind the load balancer."
  type        = number
  default     = 2

  validation {
    condition     = var.web_server_count >= 1 && var.web_server_count <= 10
    error_message = "Between 1 and 10 web servers; their addresses run from .10 to .19 of the private subnet."
  }
}

variable "volume_sizes" {
  description = "Sizes of the data volumes in GB."
  type = object({
    files      = number
    postgres   = number
    monitoring = number
  })
}

variable "zone_name" {
  description = "DNS zone of the environment."
  type        = string
}

variable "github_organization" {
  description = "GitHub organization whose teams may open the operator dashboards."
  type        = string
  default     = "example"
}

variable "object_storage_location" {
  description = "Location of the object storage that keeps the long-term archive; another one than the servers'."
  type        = string
  default     = "fsn1"
}

variable "archive_retention_days" {
  description = "Days for which archived backups cannot be deleted by anyone."
  type        = number
  default     = 365
}

variable "hcloud_token" {
  description = "API token of the Hetzner Cloud project."
  type        = string
  sensitive   = true
}

variable "cloudflare_api_token" {
  description = "Cloudflare API token with access to the zone and to Zero Trust."
  type        = string
  sensitive   = true
}

variable "cloudflare_account_id" {
  description = "Cloudflare account that owns the zone."
  type        = string
}

variable "cloudflare_github_idp_id" {
  description = "Identity provider of the Zero Trust organization that signs in with GitHub."
  type        = string
}

variable "object_storage_access_key" {
  description = "Access key of the object storage."
  type        = string
  sensitive   = true
}

variable "object_storage_secret_key" {
  description = "Secret key of the object storage."
  type        = string
  sensitive   = true
}

variable "storage_box_password" {
  description = "Password of the Storage Box that keeps the remote backups; borg itself uses SSH keys."
  type        = string
  sensitive   = true
}
