provider "hcloud" {
  token = var.hcloud_token
}

provider "cloudflare" {
  api_token = var.cloudflare_api_token
}

provider "minio" {
  minio_server   = "${var.object_storage_location}.your-objectstorage.com"
  minio_region   = var.object_storage_location
  minio_user     = var.object_storage_access_key
  minio_password = var.object_storage_secret_key
  minio_ssl      = true
}
