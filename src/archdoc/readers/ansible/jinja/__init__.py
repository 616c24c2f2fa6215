"""Templates: Jinja2's syntax with Ansible's filters and tests, where what is not known stays an expression."""

from archdoc.readers.ansible.jinja.renderer import Renderer, TemplateFiles
from archdoc.readers.ansible.jinja.results import Evaluated, RenderedText

__all__ = ["Evaluated", "RenderedText", "Renderer", "TemplateFiles"]
