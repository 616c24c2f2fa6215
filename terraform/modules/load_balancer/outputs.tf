output "id" {
  description = "ID of the load balancer."
  value       = hcloud_load_balancer.main.id
}

output "ipv4_address" {
  description = "Public IPv4 address."
  value       = hcloud_load_balancer.main.ipv4
}

output "ipv6_address" {
  description = "Public IPv6 address."
  value       = hcloud_load_balancer.main.ipv6
}
