environment = "production"
location    = "nbg1"
zone_name   = "example.org"

network_cidr = "10.0.0.0/16"
subnet_cidrs = {
  public  = "10.0.1.0/24"
  private = "10.0.2.0/24"
}

web_server_count = 2
server_types = {
  bastion    = "cx23"
  web        = "cpx32"
  db         = "ccx23"
  cache      = "cx33"
  monitoring = "cx53"
}
volume_sizes = {
  files      = 200
  postgres   = 100
  monitoring = 250
}

admin_cidrs = ["198.51.100.0/24", "203.0.113.17/32"]
admin_ssh_keys = {
  ada    = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKT+l0V4rn22rozGP/gbnIi7aG5hPahp7WWxu1vQ8NvZ ada@example.org"
  linus  = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPndXObjKHLSg+N32y/VDBX4PYYGDtA/WDt5hRZSA7f/ linus@example.org"
  deploy = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMQYmvHMBZkt995qTovQAwmaUWrja/LasUoPRJRy3xi1 deploy@example.org"
}
blocked_cidrs = ["192.0.2.0/24"]

cloudflare_account_id    = "0b6e1f5c8d3a4e7f9a2b5c8d1e4f7a0b"
cloudflare_github_idp_id = "5f0c1d5e-6f7a-4b8c-9d0e-1f2a3b4c5d6e"

archive_retention_days = 365
