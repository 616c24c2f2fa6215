# The state key comes from environments/<environment>.s3.tfbackend at init.
terraform {
  backend "s3" {
    bucket       = "example-platform-state"
    region       = "nbg1"
    use_lockfile = true
    encrypt      = true

    endpoints = {
      s3 = "https://nbg1.your-objectstorage.com"
    }

    skip_credentials_validation = true
    skip_metadata_api_check     = true
    skip_region_validation      = true
    skip_requesting_account_id  = true
    skip_s3_checksum            = true
    use_path_style              = true
  }
}
