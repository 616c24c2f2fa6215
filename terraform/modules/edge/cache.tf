resource "cloudflare_ruleset" "cache" {
  zone_id     = cloudflare_zone.main.id
  name        = "CDN cache"
  description = "Static files are kept at the edge, answers of the services are not"
  kind        = "zone"
  phase       = "http_request_cache_settings"

  rules = [
    {
      ref         = "cache_files"
      description = "Keep static files for a day"
      expression  = "(http.host eq \"files.${var.zone_name}\")"
      action      = "set_cache_settings"
      action_parameters = {
        cache = true
        edge_ttl = {
          mode    = "override_origin"
          default = 86400
        }
      }
    },
    {
      ref         = "bypass_services"
      description = "Never keep answers of the services"
      expression  = "(http.host in {\"api.${var.zone_name}\" \"auth.${var.zone_name}\" \"tux.${var.zone_name}\"})"
      action      = "set_cache_settings"
      action_parameters = {
        cache = false
      }
    },
  ]
}

resource "cloudflare_tiered_cache" "main" {
  zone_id = cloudflare_zone.main.id
  value   = "on"
}
