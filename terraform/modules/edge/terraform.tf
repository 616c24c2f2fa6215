terraform {
  required_providers {
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = ">= 5.12"
    }
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = ">= 1.60"
    }
    tls = {
      source  = "hashicorp/tls"
      version = ">= 4.1"
    }
  }
}
