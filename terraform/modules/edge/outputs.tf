output "zone_id" {
  description = "ID of the zone."
  value       = cloudflare_zone.main.id
}

output "name_servers" {
  description = "Name servers that Cloudflare assigned to the zone."
  value       = cloudflare_zone.main.name_servers
}

output "origin_certificate_id" {
  description = "Hetzner ID of the certificate that the load balancer shows to Cloudflare."
  value       = hcloud_uploaded_certificate.origin.id
}
