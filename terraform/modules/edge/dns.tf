resource "cloudflare_zone" "main" {
  name = var.zone_name
  type = "full"

  account = {
    id = var.account_id
  }
}

resource "cloudflare_zone_dnssec" "main" {
  zone_id = cloudflare_zone.main.id
  status  = "active"
}

resource "cloudflare_dns_record" "origin_ipv4" {
  for_each = setunion(var.web_hostnames, var.dashboard_hostnames)

  zone_id = cloudflare_zone.main.id
  name    = each.key == "@" ? var.zone_name : "${each.key}.${var.zone_name}"
  type    = "A"
  content = var.origin_ipv4
  ttl     = 1
  proxied = true
  comment = "Load balancer, ${var.environment}"
}

resource "cloudflare_dns_record" "origin_ipv6" {
  for_each = var.web_hostnames

  zone_id = cloudflare_zone.main.id
  name    = each.key == "@" ? var.zone_name : "${each.key}.${var.zone_name}"
  type    = "AAAA"
  content = var.origin_ipv6
  ttl     = 1
  proxied = true
  comment = "Load balancer, ${var.environment}"
}

resource "cloudflare_dns_record" "bastion" {
  zone_id = cloudflare_zone.main.id
  name    = "bastion.${var.zone_name}"
  type    = "A"
  content = var.bastion_ipv4
  ttl     = 300
  proxied = false
}

resource "cloudflare_dns_record" "mail_policy" {
  for_each = {
    (var.zone_name)           = "v=spf1 include:_spf.mailbox.example -all"
    "_dmarc.${var.zone_name}" = "v=DMARC1; p=reject; rua=mailto:dmarc@${var.zone_name}"
  }

  zone_id = cloudflare_zone.main.id
  name    = each.key
  type    = "TXT"
  content = "\"${each.value}\""
  ttl     = 3600
}
