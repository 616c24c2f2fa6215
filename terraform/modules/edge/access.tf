# The dashboards are on the internet by name only: Zero Trust asks for a GitHub team first.
resource "cloudflare_zero_trust_access_policy" "operators" {
  for_each = var.dashboard_hostnames

  account_id = var.account_id
  name       = "${each.key} operators, ${var.environment}"
  decision   = "allow"

  include = [
    for team in var.operator_teams[each.key] : {
      github_organization = {
        identity_provider_id = var.github_idp_id
        name                 = var.github_organization
        team                 = team
      }
    }
  ]
}

resource "cloudflare_zero_trust_access_application" "dashboard" {
  for_each = var.dashboard_hostnames

  zone_id          = cloudflare_zone.main.id
  name             = "${each.key}, ${var.environment}"
  domain           = "${each.key}.${var.zone_name}"
  type             = "self_hosted"
  session_duration = "8h"

  policies = [
    {
      id         = cloudflare_zero_trust_access_policy.operators[each.key].id
      precedence = 1
    },
  ]
}
