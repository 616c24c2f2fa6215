locals {
  managed_rulesets = {
    cloudflare = "efb7b8c949ac4650a09736fc376e9aee"
    owasp      = "4814384a9e5d4991b9815dcfc25d2f1f"
  }
  ddos_ruleset_id = "4d21379b4f9f4bb088e0729962c8b3cf"
}

resource "cloudflare_ruleset" "waf_managed" {
  zone_id     = cloudflare_zone.main.id
  name        = "WAF managed rules"
  description = "Cloudflare's own rules and the OWASP core rule set"
  kind        = "zone"
  phase       = "http_request_firewall_managed"

  rules = [
    for name, id in local.managed_rulesets : {
      ref         = "execute_${name}"
      description = "Execute the ${name} rule set"
      expression  = "true"
      action      = "execute"
      action_parameters = {
        id = id
      }
    }
  ]
}

resource "cloudflare_ruleset" "waf_custom" {
  zone_id     = cloudflare_zone.main.id
  name        = "WAF custom rules"
  description = "Paths that nobody needs from outside"
  kind        = "zone"
  phase       = "http_request_firewall_custom"

  rules = [
    {
      ref         = "block_metrics"
      description = "Metrics are read from the private network only"
      expression  = "(http.request.uri.path eq \"/metrics\")"
      action      = "block"
    },
    {
      ref         = "challenge_login"
      description = "Challenge logins that look automated"
      expression  = "(http.host eq \"auth.${var.zone_name}\" and cf.threat_score gt 10)"
      action      = "managed_challenge"
    },
  ]
}

resource "cloudflare_ruleset" "ddos" {
  zone_id     = cloudflare_zone.main.id
  name        = "DDoS protection"
  description = "HTTP DDoS attack protection at high sensitivity"
  kind        = "zone"
  phase       = "ddos_l7"

  rules = [
    {
      ref         = "execute_ddos"
      description = "Execute the HTTP DDoS rule set"
      expression  = "true"
      action      = "execute"
      action_parameters = {
        id = local.ddos_ruleset_id
        overrides = {
          action            = "block"
          sensitivity_level = "default"
        }
      }
    },
  ]
}

resource "cloudflare_ruleset" "rate_limit" {
  zone_id     = cloudflare_zone.main.id
  name        = "Rate limits"
  description = "Limits for logins and for the API"
  kind        = "zone"
  phase       = "http_ratelimit"

  rules = [
    {
      ref         = "limit_login"
      description = "Ten logins a minute from one address"
      expression  = "(http.host eq \"auth.${var.zone_name}\" and http.request.method eq \"POST\")"
      action      = "block"
      ratelimit = {
        characteristics     = ["cf.colo.id", "ip.src"]
        period              = 60
        requests_per_period = 10
        mitigation_timeout  = 600
      }
    },
    {
      ref         = "limit_api"
      description = "Three hundred API calls a minute from one address"
      expression  = "(http.host eq \"api.${var.zone_name}\")"
      action      = "managed_challenge"
      ratelimit = {
        characteristics     = ["cf.colo.id", "ip.src"]
        period              = 60
        requests_per_period = 300
        mitigation_timeout  = 60
      }
    },
  ]
}

resource "cloudflare_access_rule" "blocked" {
  for_each = toset(var.blocked_cidrs)

  zone_id = cloudflare_zone.main.id
  mode    = "block"
  notes   = "Turned away at the edge"

  configuration = {
    target = "ip_range"
    value  = each.key
  }
}
