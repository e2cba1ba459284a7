package browser

// ProxyOf is the address of a World's proxy.
func ProxyOf(w *World) string { return w.proxy.listener.Addr().String() }
