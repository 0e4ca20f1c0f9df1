"""Mail that comes back: bounces and replies, taken in over LMTP at the return address of their delivery."""
