"""Expressions and pipelines, compiled into functions over whole columns."""
