"""The query language of Azure Resource Graph, a part of the Kusto Query Language: pure, over rows that it is given."""
