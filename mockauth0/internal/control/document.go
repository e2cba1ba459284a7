package control

import (
	_ "embed"
	"fmt"
	"net/http"

	"go.yaml.in/yaml/v3"

	"renewal.example/mockauth0/internal/httpx"
)

// document describes the API by OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0.html). contract_test.go holds it and the handlers to
// each other.
//
//go:embed openapi.yaml
var document []byte

// Describe is GET /openapi.json: the document that describes the API.
func (s *Service) Describe(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	var described map[string]any
	if err := yaml.Unmarshal(document, &described); err != nil {
		return nil, fmt.Errorf("openapi.yaml: %w", err)
	}
	return httpx.JSON(http.StatusOK, described), nil
}
