// The tabs of the app tell each other of a logout.
const channel = new BroadcastChannel('orders');

export function tellLogout() {
  channel.postMessage('logout');
}

// onLogoutElsewhere calls back when another tab logs out; call what it returns to stop that.
export function onLogoutElsewhere(callback) {
  const listener = (event) => event.data === 'logout' && callback();
  channel.addEventListener('message', listener);
  return () => channel.removeEventListener('message', listener);
}
