resource "hcloud_storage_box" "backup" {
  name             = "backup-${var.environment}"
  storage_box_type = var.storage_box_type
  location         = var.location
  password         = var.storage_box_password
  ssh_keys         = var.ssh_public_keys
  labels           = var.labels

  access_settings = {
    reachable_externally = true
    samba_enabled        = false
    ssh_enabled          = true
    webdav_enabled       = false
    zfs_enabled          = false
  }

  snapshot_plan = {
    max_snapshots = 7
    hour          = 5
    minute        = 30
  }

  delete_protection = var.environment == "production"
}

resource "minio_s3_bucket" "archive" {
  bucket         = "example-backup-archive-${var.environment}"
  acl            = "private"
  object_locking = true
}

resource "minio_s3_bucket_versioning" "archive" {
  bucket = minio_s3_bucket.archive.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "minio_s3_bucket_retention" "archive" {
  bucket          = minio_s3_bucket.archive.bucket
  mode            = "COMPLIANCE"
  unit            = "DAYS"
  validity_period = var.archive_retention_days

  depends_on = [minio_s3_bucket_versioning.archive]
}

resource "minio_ilm_policy" "archive" {
  bucket = minio_s3_bucket.archive.bucket

  rule {
    id         = "expire-archives"
    expiration = "${var.archive_retention_days * 2}d"
  }
}
