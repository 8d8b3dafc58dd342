"""Diagrams and tables of docs/architecture.md, made from the synthesized templates."""
