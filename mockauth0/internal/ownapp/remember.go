package ownapp

import "renewal.example/mockauth0/internal/statejson"

// Remember is of tenant.Rememberer.
func (a *App) Remember() ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return statejson.Marshal(a.learned)
}

// Recall is of tenant.Rememberer.
func (a *App) Recall(text []byte) error {
	recalled := learned{Scopes: map[string][]string{}, Secrets: map[string]string{}}
	if err := statejson.Unmarshal(text, &recalled); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.learned = recalled.clone()
	return nil
}
