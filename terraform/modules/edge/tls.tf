locals {
  zone_settings = {
    ssl                      = "strict"
    min_tls_version          = "1.2"
    tls_1_3                  = "on"
    always_use_https         = "on"
    automatic_https_rewrites = "on"
    security_level           = "medium"
    brotli                   = "on"
  }
}

resource "cloudflare_zone_setting" "main" {
  for_each = local.zone_settings

  zone_id    = cloudflare_zone.main.id
  setting_id = each.key
  value      = each.value
}

# Between Cloudflare and the load balancer: a certificate that Cloudflare signs for the origin.
resource "tls_private_key" "origin" {
  algorithm   = "ECDSA"
  ecdsa_curve = "P256"
}

resource "tls_cert_request" "origin" {
  private_key_pem = tls_private_key.origin.private_key_pem

  subject {
    common_name = var.zone_name
  }
}

resource "cloudflare_origin_ca_certificate" "origin" {
  csr                = tls_cert_request.origin.cert_request_pem
  hostnames          = [var.zone_name, "*.${var.zone_name}"]
  request_type       = "origin-ecc"
  requested_validity = 365
}

resource "hcloud_uploaded_certificate" "origin" {
  name        = "origin-${var.environment}"
  certificate = cloudflare_origin_ca_certificate.origin.certificate
  private_key = tls_private_key.origin.private_key_pem
  labels      = var.labels

  lifecycle {
    create_before_destroy = true
  }
}
