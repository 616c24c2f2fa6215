locals {
  labels = {
    environment = var.environment
    managed_by  = "terraform"
  }

  load_balancer_ip = cidrhost(var.subnet_cidrs.public, 10)
  bastion_ip       = cidrhost(var.subnet_cidrs.public, 20)

  web_servers = {
    for index in range(var.web_server_count) : "web-${index + 1}" => {
      role    = "web"
      subnet  = "private"
      ip      = cidrhost(var.subnet_cidrs.private, 10 + index)
      backups = false
      # The first web server serves the uploaded files to the others.
      volumes = index == 0 ? { files = var.volume_sizes.files } : {}
    }
  }

  fixed_servers = {
    bastion-1 = {
      role    = "bastion"
      subnet  = "public"
      ip      = local.bastion_ip
      backups = false
      volumes = {}
    }
    db-1 = {
      role    = "db"
      subnet  = "private"
      ip      = cidrhost(var.subnet_cidrs.private, 20)
      backups = true
      volumes = { postgres = var.volume_sizes.postgres }
    }
    cache-1 = {
      role    = "cache"
      subnet  = "private"
      ip      = cidrhost(var.subnet_cidrs.private, 21)
      backups = false
      volumes = {}
    }
    monitoring-1 = {
      role    = "monitoring"
      subnet  = "private"
      ip      = cidrhost(var.subnet_cidrs.private, 30)
      backups = true
      volumes = { monitoring = var.volume_sizes.monitoring }
    }
  }

  servers = {
    for name, server in merge(local.web_servers, local.fixed_servers) :
    "${var.name_prefix}${name}" => merge(server, { server_type = var.server_types[server.role] })
  }

  addresses_by_role = { for server in values(local.servers) : server.role => server.ip... }

  web_hostnames       = toset(["@", "www", "api", "auth", "files", "tux"])
  dashboard_hostnames = toset(["grafana", "kibana", "jaeger"])
}
