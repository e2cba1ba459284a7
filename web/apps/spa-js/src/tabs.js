// The tabs of the app share the session in localStorage, and so they see in it that one of them logged out.

// onLogoutElsewhere calls back when another tab takes the SDK's entries away.
export function onLogoutElsewhere(clientId, callback) {
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === null || (key.startsWith(`@@auth0spajs@@::${clientId}::`) && newValue === null)) callback();
  });
}
