"""Filters for amounts, times and masked addresses."""

from django import template

register = template.Library()
