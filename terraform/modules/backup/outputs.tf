output "borg_repository" {
  description = "Parent of the servers' borg repositories."
  value       = "ssh://${hcloud_storage_box.backup.username}@${hcloud_storage_box.backup.server}:23/./borg"
}

output "archive_bucket" {
  description = "Name of the archive bucket."
  value       = minio_s3_bucket.archive.bucket
}
