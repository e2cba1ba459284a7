// The tabs of the app tell each other of a logout.
const channel = new BroadcastChannel('orders');

export function tellLogout(): void {
  channel.postMessage('logout');
}

export function onLogoutElsewhere(callback: () => void): void {
  channel.addEventListener('message', (event) => {
    if (event.data === 'logout') callback();
  });
}
