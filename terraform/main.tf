module "network" {
  source = "./modules/network"

  name        = "platform-${var.environment}"
  cidr        = var.network_cidr
  subnets     = var.subnet_cidrs
  nat_gateway = local.bastion_ip
  labels      = local.labels
}

module "compute" {
  source = "./modules/compute"

  servers        = local.servers
  image          = var.server_image
  location       = var.location
  subnet_ids     = module.network.subnet_ids
  network_cidr   = module.network.cidr
  admin_ssh_keys = var.admin_ssh_keys
  labels         = local.labels
}

module "security" {
  source = "./modules/security"

  environment        = var.environment
  network_cidr       = module.network.cidr
  subnet_cidrs       = module.network.subnet_cidrs
  admin_cidrs        = var.admin_cidrs
  load_balancer_ip   = local.load_balancer_ip
  addresses_by_role  = local.addresses_by_role
  server_ids_by_role = module.compute.server_ids_by_role
  labels             = local.labels
}

module "load_balancer" {
  source = "./modules/load_balancer"

  name           = "platform-${var.environment}"
  location       = var.location
  subnet_id      = module.network.subnet_ids["public"]
  ip             = local.load_balancer_ip
  targets        = { for name, server in local.servers : name => module.compute.server_ids[name] if server.role == "web" }
  certificate_id = module.edge.origin_certificate_id
  labels         = local.labels
}

module "edge" {
  source = "./modules/edge"

  account_id          = var.cloudflare_account_id
  zone_name           = var.zone_name
  environment         = var.environment
  web_hostnames       = local.web_hostnames
  dashboard_hostnames = local.dashboard_hostnames
  origin_ipv4         = module.load_balancer.ipv4_address
  origin_ipv6         = module.load_balancer.ipv6_address
  bastion_ipv4        = module.compute.public_ipv4["${var.name_prefix}bastion-1"]
  blocked_cidrs       = var.blocked_cidrs
  github_organization = var.github_organization
  github_idp_id       = var.cloudflare_github_idp_id
  labels              = local.labels
}

module "backup" {
  source = "./modules/backup"

  environment            = var.environment
  location               = var.object_storage_location
  storage_box_password   = var.storage_box_password
  ssh_public_keys        = values(var.admin_ssh_keys)
  archive_retention_days = var.archive_retention_days
  labels                 = local.labels
}
