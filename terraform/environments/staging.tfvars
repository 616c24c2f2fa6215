environment = "staging"
name_prefix = "staging-"
location    = "fsn1"
zone_name   = "staging.example.org"

network_cidr = "10.1.0.0/16"
subnet_cidrs = {
  public  = "10.1.1.0/24"
  private = "10.1.2.0/24"
}

web_server_count = 1
server_types = {
  bastion    = "cx23"
  web        = "cx33"
  db         = "cx33"
  cache      = "cx23"
  monitoring = "cx43"
}
volume_sizes = {
  files      = 20
  postgres   = 20
  monitoring = 50
}

admin_cidrs = ["198.51.100.0/24"]
admin_ssh_keys = {
  ada    = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKT+l0V4rn22rozGP/gbnIi7aG5hPahp7WWxu1vQ8NvZ ada@example.org"
  linus  = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPndXObjKHLSg+N32y/VDBX4PYYGDtA/WDt5hRZSA7f/ linus@example.org"
  deploy = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMQYmvHMBZkt995qTovQAwmaUWrja/LasUoPRJRy3xi1 deploy@example.org"
}

cloudflare_account_id    = "0b6e1f5c8d3a4e7f9a2b5c8d1e4f7a0b"
cloudflare_github_idp_id = "5f0c1d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e"

object_storage_location = "hel1"
archive_retention_days  = 30
