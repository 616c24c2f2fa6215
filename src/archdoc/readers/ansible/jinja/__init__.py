"""Templates: Jinja2's sandbox with Ansible's filters and tests, where what is not known stays an expression."""

from archdoc.readers.ansible.jinja.renderer import Evaluated, RenderedText, Renderer, TemplateFiles

__all__ = ["Evaluated", "RenderedText", "Renderer", "TemplateFiles"]
