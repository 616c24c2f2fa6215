output "load_balancer_ipv4" {
  description = "Public address that the proxied DNS records lead to."
  value       = module.load_balancer.ipv4_address
}

output "bastion_ipv4" {
  description = "Public address of the only way in by SSH."
  value       = module.compute.public_ipv4["${var.name_prefix}bastion-1"]
}

output "server_addresses" {
  description = "Private addresses by server name."
  value       = { for name, server in local.servers : name => server.ip }
}

output "volume_devices" {
  description = "Device paths of the data volumes, by volume name."
  value       = module.compute.volume_devices
}

output "backup_repository" {
  description = "Borg repository on the Storage Box."
  value       = module.backup.borg_repository
}

output "archive_bucket" {
  description = "Bucket of the long-term archive."
  value       = module.backup.archive_bucket
}

output "name_servers" {
  description = "Name servers to enter at the registrar."
  value       = module.edge.name_servers
}
