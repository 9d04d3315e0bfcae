"""Answers in the shapes of Microsoft.Security, as clients of Azure Resource Manager and Resource Graph read them."""
