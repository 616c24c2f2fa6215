"""axe-core, the usual judge of accessibility, on every kind of page in both themes."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import Site, Visit

AXE = Path(__file__).with_name("assets") / "axe.min.js"
RUN = """async () => {
    const found = await axe.run(document, {resultTypes: ['violations']});
    return found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
        .map(v => [v.id, v.help, v.nodes.slice(0, 4).map(n => n.html.slice(0, 200))]);
}"""
PAGES = (
    "infrastructure/views/network/",
    "infrastructure/terraform/terraform-production/",
    "infrastructure/hosts/db-1/",
    "automation/roles/postgres/",
    "infrastructure/explorer/#node=ansible%3Aansible%3Ahost%3Adb-1&see=around",
    "assets/network.svg",
)


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_serious_fault(light: Visit, sample_site: Site, path: str) -> None:
    if path.endswith(".svg"):
        light.page.goto(sample_site.address + path)
    else:
        light.open(sample_site, path)
    if "explorer" in path:
        light.page.wait_for_function("document.getElementById('archdoc-explorer')?.dataset.archdocState === 'ready'")
        light.page.get_by_text("Kinds", exact=True).click()
    light.page.evaluate(AXE.read_text())  # as the page's own script could not be added to an SVG
    assert light.page.evaluate(RUN) == []
    if path.endswith(".svg"):
        light.page.emulate_media(color_scheme="dark")
    else:
        light.switch(dark=True)
    assert light.page.evaluate(RUN) == []
