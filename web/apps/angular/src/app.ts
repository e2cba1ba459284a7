import { Component, inject, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { AuthService } from '@auth0/auth0-angular';
import { Orders } from './orders';
import { onLogoutElsewhere, tellLogout } from './tabs';

@Component({
  selector: 'orders-app',
  imports: [Orders],
  template: `
    @if (loading()) {
      <main aria-busy="true"><p>Loading…</p></main>
    } @else if (user(); as user) {
      <main>
        <header>
          <p>{{ user.name }}</p>
          <button (click)="logOut()">Log out</button>
        </header>
        <orders-list (sessionEnded)="sessionEnded()" />
      </main>
    } @else {
      <main>
        <h1>Orders</h1>
        @if (notice()) {
          <p role="status">{{ notice() }}</p>
        } @else if (error(); as error) {
          <p role="alert">The login failed: {{ error.message }}</p>
        }
        <button (click)="logIn()">Log in</button>
      </main>
    }
  `,
})
export class App {
  private readonly auth = inject(AuthService);
  protected readonly loading = toSignal(this.auth.isLoading$, { initialValue: true });
  protected readonly user = toSignal(this.auth.user$);
  protected readonly error = toSignal(this.auth.error$);
  protected readonly notice = signal('');

  constructor() {
    // The tabs share the tokens in localStorage, but each shows what it knew when it was loaded.
    onLogoutElsewhere(() => {
      this.notice.set('You logged out in another tab.');
      this.auth.logout({ openUrl: false });
    });
    // A login that failed leaves its answer in the address, where a reload would try it again.
    this.auth.error$.subscribe(() => window.history.replaceState(null, '', window.location.pathname));
  }

  protected logIn(): void {
    this.auth.loginWithRedirect();
  }

  protected logOut(): void {
    tellLogout();
    this.auth.logout({ logoutParams: { returnTo: window.location.origin } });
  }

  protected sessionEnded(): void {
    this.notice.set('Your session has ended. Log in again.');
    this.auth.logout({ openUrl: false });
  }
}
