package snapshot

import "reflect"

// SavedType is the type of what is saved.
func SavedType() reflect.Type { return reflect.TypeFor[saved]() }
