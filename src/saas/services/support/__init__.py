"""Support policies and who may have them."""
