import { useEffect, useState } from 'react';
import { useAuth0 } from '@auth0/auth0-react';
import { Orders } from './Orders.jsx';
import { onLogoutElsewhere, tellLogout } from './tabs.js';

export function App() {
  const { isLoading, isAuthenticated, user, error, loginWithRedirect, logout } = useAuth0();
  const [notice, setNotice] = useState('');

  // Tokens in memory are this tab's own, so that each tab has to be told of a logout.
  useEffect(() => onLogoutElsewhere(() => {
    setNotice('You logged out in another tab.');
    logout({ openUrl: false });
  }), [logout]);

  // A login that failed leaves its answer in the address, where a reload would try it again.
  useEffect(() => {
    if (error) window.history.replaceState(null, '', window.location.pathname);
  }, [error]);

  const sessionEnded = () => {
    setNotice('Your session has ended. Log in again.');
    logout({ openUrl: false });
  };
  const logOut = () => {
    tellLogout();
    logout({ logoutParams: { returnTo: window.location.origin } });
  };

  if (isLoading) return <main aria-busy="true"><p>Loading…</p></main>;
  if (!isAuthenticated) {
    return (
      <main>
        <h1>Orders</h1>
        {notice && <p role="status">{notice}</p>}
        {error && <p role="alert">The login failed: {error.message}</p>}
        <button onClick={() => loginWithRedirect()}>Log in</button>
      </main>
    );
  }
  return (
    <main>
      <header>
        <p>{user.name}</p>
        <button onClick={logOut}>Log out</button>
      </header>
      <Orders key={user.sub} onSessionEnded={sessionEnded} /> {/* another person begins anew */}
    </main>
  );
}
