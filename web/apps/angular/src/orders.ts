import { Component, inject, output, signal } from '@angular/core';
import { AuthService, type GetTokenSilentlyOptions } from '@auth0/auth0-angular';
import { firstValueFrom } from 'rxjs';
import { environment } from './environment';

interface Order {
  number: number;
  what: string;
}

// After these errors only a login helps.
const ENDED = [
  'login_required', 'consent_required', 'interaction_required', 'account_selection_required', 'mfa_required',
  'invalid_grant', 'missing_refresh_token', 'access_denied', 'unauthorized', 'unauthorized_client',
];

@Component({
  selector: 'orders-list',
  template: `
    <h1>Orders</h1>
    <button [disabled]="loading()" (click)="load()">{{ loading() ? 'Loading…' : 'Load orders' }}</button>
    @if (problem()) { <p role="alert">{{ problem() }}</p> }
    <ul>
      @for (order of orders(); track order.number) { <li>{{ order.number }}: {{ order.what }}</li> }
    </ul>
  `,
})
export class Orders {
  readonly sessionEnded = output();
  private readonly auth = inject(AuthService);
  protected readonly loading = signal(false);
  protected readonly orders = signal<Order[]>([]);
  protected readonly problem = signal('');

  protected async load(): Promise<void> {
    this.loading.set(true);
    this.problem.set('');
    try {
      let answer = await this.ask();
      if (answer.status === 401) answer = await this.ask({ cacheMode: 'off' }); // revoked, or a clock is wrong: once with a new token
      if (!answer.ok) throw new Error(`the API answered ${answer.status}`);
      this.orders.set((await answer.json()).orders);
    } catch (err) {
      const { error, message } = err as Error & { error?: string };
      if (error && ENDED.includes(error)) this.sessionEnded.emit();
      else this.problem.set(`Your orders could not be loaded (${message}). Try again in a moment.`);
    } finally {
      this.loading.set(false);
    }
  }

  private async ask(options: GetTokenSilentlyOptions = {}): Promise<Response> {
    const token = await firstValueFrom(this.auth.getAccessTokenSilently(options));
    return fetch(`${environment.api}/orders`, { headers: { Authorization: `Bearer ${token}` } });
  }
}
