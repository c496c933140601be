"""The State on one port: the PISTE gateway, Chorus Pro and the DUME Service, with real behaviour behind them."""
