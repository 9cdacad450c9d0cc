<%@ page session="false" contentType="application/json;charset=UTF-8" trimDirectiveWhitespaces="true" %>
{"version":"1.0.0"}
