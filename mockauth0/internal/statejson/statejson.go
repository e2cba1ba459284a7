// Package statejson writes what a tenant remembers as JSON, and reads it back: every exported field of a record, secrets too, whatever
// its tags for other JSON say. So a record that gets a new field is still written whole. What cannot be written, such as an
// unexported field, is an error and never left out.
//
// The members have the names of the fields in small letters with underscores. Zero values are left out. The same value is always
// written by the same bytes.
package statejson

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"renewal.example/mockauth0/internal/secret"
)

// exact is the largest whole number that every reader of JSON keeps as it is; larger ones are written as text.
const exact = 1 << 53

// Marshal writes a value.
func Marshal(v any) ([]byte, error) {
	tree, err := encode(reflect.ValueOf(v), "")
	if err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}

func encode(v reflect.Value, path string) (any, error) {
	switch v.Type() {
	case reflect.TypeFor[secret.Text]():
		return v.Interface().(secret.Text).Reveal(), nil
	case reflect.TypeFor[time.Time]():
		return v.Interface().(time.Time).UTC().Format(time.RFC3339Nano), nil
	case reflect.TypeFor[time.Duration]():
		return time.Duration(v.Int()).String(), nil
	case reflect.TypeFor[any]():
		return v.Interface(), nil
	case reflect.TypeFor[json.RawMessage]():
		var plain any // however it is written
		err := json.Unmarshal(v.Bytes(), &plain)
		return plain, err
	}
	switch v.Kind() {
	case reflect.Bool, reflect.String, reflect.Float64:
		return v.Interface(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if n := v.Int(); n > exact || n < -exact {
			return strconv.FormatInt(n, 10), nil
		}
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if n := v.Uint(); n > exact {
			return strconv.FormatUint(n, 10), nil
		}
		return v.Uint(), nil
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return encode(v.Elem(), path)
	case reflect.Slice:
		return encodeList(v, path)
	case reflect.Map:
		return encodeMap(v, path)
	case reflect.Struct:
		return encodeStruct(v, path)
	}
	return nil, fmt.Errorf("%s is a %s, which cannot be written", path, v.Type())
}

func encodeList(v reflect.Value, path string) (any, error) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return base64.StdEncoding.EncodeToString(v.Bytes()), nil
	}
	if v.IsNil() {
		return nil, nil
	}
	list := make([]any, v.Len())
	for i := range list {
		var err error
		if list[i], err = encode(v.Index(i), path+"["+strconv.Itoa(i)+"]"); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func encodeMap(v reflect.Value, path string) (any, error) {
	if v.Type().Key().Kind() != reflect.String {
		return nil, fmt.Errorf("%s is a %s, whose keys cannot be written", path, v.Type())
	}
	if v.IsNil() {
		return nil, nil
	}
	members := map[string]any{}
	for key, value := range v.Seq2() {
		one, err := encode(value, join(path, key.String()))
		if err != nil {
			return nil, err
		}
		members[key.String()] = one
	}
	return members, nil
}

func encodeStruct(v reflect.Value, path string) (any, error) {
	members := map[string]any{}
	for field, value := range v.Fields() {
		at := join(path, memberOf(field))
		if !field.IsExported() {
			return nil, fmt.Errorf("%s is not exported, so it cannot be written", at)
		}
		if at, ok := value.Interface().(time.Time); value.IsZero() || ok && at.IsZero() {
			continue
		}
		one, err := encode(value, at)
		if err != nil {
			return nil, err
		}
		members[memberOf(field)] = one
	}
	return members, nil
}

// memberOf is a field's name as a member: UserID is user_id.
func memberOf(f reflect.StructField) string {
	letters := []rune(f.Name)
	var out strings.Builder
	for i, r := range letters {
		begins := i > 0 && unicode.IsUpper(r) &&
			(!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if begins {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

func join(path, member string) string {
	if path == "" {
		return member
	}
	return path + "." + member
}

// Unmarshal reads into a pointer what Marshal wrote. A member that there is not, or a value of another kind, is an error that names it.
func Unmarshal(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more after the first JSON value")
	}
	return decode(tree, reflect.ValueOf(into).Elem(), "")
}

// wrong says what was expected.
func wrong(path, expected string) error {
	if path == "" {
		path = "the document"
	}
	return fmt.Errorf("%s is not %s", path, expected)
}

func decode(tree any, v reflect.Value, path string) error {
	switch v.Type() {
	case reflect.TypeFor[json.RawMessage]():
		text, err := json.Marshal(tree)
		v.SetBytes(text)
		return err
	case reflect.TypeFor[any]():
		plain, err := plainOf(tree)
		if err == nil && plain != nil {
			v.Set(reflect.ValueOf(plain))
		}
		return err
	case reflect.TypeFor[secret.Text](), reflect.TypeFor[time.Time](), reflect.TypeFor[time.Duration]():
		return decodeText(tree, v, path)
	}
	switch v.Kind() {
	case reflect.Bool:
		on, ok := tree.(bool)
		if !ok {
			return wrong(path, "true or false")
		}
		v.SetBool(on)
		return nil
	case reflect.String:
		text, ok := tree.(string)
		if !ok {
			return wrong(path, "a text")
		}
		v.SetString(text)
		return nil
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return decode(tree, v.Elem(), path)
	case reflect.Slice:
		return decodeList(tree, v, path)
	case reflect.Map:
		return decodeMap(tree, v, path)
	case reflect.Struct:
		return decodeStruct(tree, v, path)
	}
	return decodeNumber(tree, v, path)
}

func decodeText(tree any, v reflect.Value, path string) (err error) {
	text, ok := tree.(string)
	if !ok {
		return wrong(path, "a text")
	}
	switch v.Type() {
	case reflect.TypeFor[secret.Text]():
		v.Set(reflect.ValueOf(secret.New(text)))
		return nil
	case reflect.TypeFor[time.Time]():
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return wrong(path, "a time (RFC 3339)")
		}
		v.Set(reflect.ValueOf(at))
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return wrong(path, "a duration")
	}
	v.SetInt(int64(d))
	return nil
}

func decodeNumber(tree any, v reflect.Value, path string) (err error) {
	text, ok := tree.(string)
	if n, number := tree.(json.Number); number {
		text, ok = n.String(), true
	}
	if !ok {
		return wrong(path, "a number")
	}
	switch {
	case v.CanInt():
		var n int64
		if n, err = strconv.ParseInt(text, 10, v.Type().Bits()); err == nil {
			v.SetInt(n)
		}
	case v.CanUint():
		var n uint64
		if n, err = strconv.ParseUint(text, 10, v.Type().Bits()); err == nil {
			v.SetUint(n)
		}
	case v.CanFloat():
		var n float64
		if n, err = strconv.ParseFloat(text, 64); err == nil {
			v.SetFloat(n)
		}
	default:
		return fmt.Errorf("%s is a %s, which cannot be read", path, v.Type())
	}
	if err != nil {
		return wrong(path, "such a number")
	}
	return nil
}

func decodeList(tree any, v reflect.Value, path string) error {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		text, ok := tree.(string)
		raw, err := base64.StdEncoding.DecodeString(text)
		if !ok || err != nil {
			return wrong(path, "base64")
		}
		v.SetBytes(raw)
		return nil
	}
	list, ok := tree.([]any)
	if !ok {
		return wrong(path, "a list")
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	for i, one := range list {
		if err := decode(one, v.Index(i), path+"["+strconv.Itoa(i)+"]"); err != nil {
			return err
		}
	}
	return nil
}

func decodeMap(tree any, v reflect.Value, path string) error {
	members, ok := tree.(map[string]any)
	if !ok || v.Type().Key().Kind() != reflect.String {
		return wrong(path, "an object")
	}
	v.Set(reflect.MakeMap(v.Type()))
	for key, member := range members {
		value := reflect.New(v.Type().Elem()).Elem()
		if member != nil || value.Kind() != reflect.Slice { // a nil list in a map stays one
			if err := decode(member, value, join(path, key)); err != nil {
				return err
			}
		}
		v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), value)
	}
	return nil
}

func decodeStruct(tree any, v reflect.Value, path string) error {
	members, ok := tree.(map[string]any)
	if !ok {
		return wrong(path, "an object")
	}
	for field, value := range v.Fields() {
		name := memberOf(field)
		if !field.IsExported() {
			return fmt.Errorf("%s is not exported, so it cannot be read", join(path, name))
		}
		member, there := members[name]
		if !there {
			continue
		}
		delete(members, name)
		if err := decode(member, value, join(path, name)); err != nil {
			return err
		}
	}
	if len(members) > 0 {
		return fmt.Errorf("%s is unknown", join(path, slices.Sorted(maps.Keys(members))[0]))
	}
	return nil
}

// plainOf is a value as encoding/json gives it.
func plainOf(tree any) (plain any, err error) {
	text, err := json.Marshal(tree)
	if err == nil {
		err = json.Unmarshal(text, &plain)
	}
	return plain, err
}
