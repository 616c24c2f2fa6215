output "server_ids" {
  description = "IDs of the servers, by name."
  value       = { for name, server in hcloud_server.main : name => server.id }
}

output "server_ids_by_role" {
  description = "IDs of the servers, by role."
  value       = { for name, server in var.servers : server.role => hcloud_server.main[name].id... }
}

output "public_ipv4" {
  description = "Public IPv4 addresses of the servers that have one, by name."
  value       = { for name, server in var.servers : name => hcloud_server.main[name].ipv4_address if server.subnet == "public" }
}

output "volume_devices" {
  description = "Device paths of the volumes, by name."
  value       = { for name, volume in hcloud_volume.data : name => volume.linux_device }
}
