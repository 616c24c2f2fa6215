output "id" {
  description = "ID of the network."
  value       = hcloud_network.main.id
}

output "cidr" {
  description = "Address range of the network."
  value       = hcloud_network.main.ip_range
}

output "subnet_ids" {
  description = "IDs of the subnets, by name."
  value       = { for name, subnet in hcloud_network_subnet.main : name => subnet.id }
}

output "subnet_cidrs" {
  description = "Address ranges of the subnets, by name."
  value       = { for name, subnet in hcloud_network_subnet.main : name => subnet.ip_range }
}
