"""Resource Graph: requests, answers and errors as its clients know them, and its tables.

Source: "Resources" of the Azure Resource Graph REST API, https://learn.microsoft.com/rest/api/azureresourcegraph/.
"""
