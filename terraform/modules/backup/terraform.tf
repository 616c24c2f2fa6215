terraform {
  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = ">= 1.60"
    }
    minio = {
      source  = "aminueza/minio"
      version = ">= 3.8"
    }
  }
}
