import { auth0 } from '../lib/auth0.js';
import { Orders } from './Orders.jsx';

export default async function Page() {
  const session = await auth0.getSession();
  // Plain links, as the SDK's routes are no pages of Next.
  if (!session) {
    return (
      <main>
        <h1>Orders</h1>
        <a href="/auth/login">Log in</a>
      </main>
    );
  }
  return (
    <main>
      <header>
        <p>{session.user.name}</p>
        <a href="/auth/logout">Log out</a>
      </header>
      <Orders />
    </main>
  );
}
