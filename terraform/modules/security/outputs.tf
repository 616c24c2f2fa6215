output "group_ids" {
  description = "IDs of the security groups, by role."
  value       = { for role, firewall in hcloud_firewall.group : role => firewall.id }
}

output "subnet_acl_ids" {
  description = "IDs of the network access lists, by subnet."
  value       = { for subnet, firewall in hcloud_firewall.subnet : subnet => firewall.id }
}
