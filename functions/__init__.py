"""The triggers: one module for each family; they parse, call one service and map errors."""
