"""How much features change when segments and images change a little."""
